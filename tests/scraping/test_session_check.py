"""What can be known about an address before it is asked."""

import pytest

from flows.demo.site import serve_demo_site
from scraping import FetchError, Session, WebSource


def test_an_address_is_judged_without_being_asked():
    """robots.txt is read once, the picture never; private addresses are refused as in a fetch."""
    with serve_demo_site(0) as url, Session() as session:
        scope = WebSource(url, delay=0, allow_private=True).scope
        session.check(f"{url}photos/missing-altogether.jpg", scope)
        with pytest.raises(FetchError) as closed:
            session.check(f"{url}private/cameraman.jpg", scope)
        assert closed.value.reason == "robots"
        with pytest.raises(FetchError) as refused:
            session.check("http://127.0.0.1:1/x.jpg", scope)
        assert refused.value.reason in ("refused_port", "refused_address")
