"""Pages in the shapes that the web's large systems give them; each written for this test."""

from __future__ import annotations

from scraping import Found, parse

URL = "https://site.test/2030/harbour/"
ROOT = "https://site.test"
TINY = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
BY_SA = "https://creativecommons.org/licenses/by-sa/4.0/"


def found(html: str, url: str = URL) -> list[Found]:
    return list(parse(html, url).photos)


def names(photo: Found) -> list[str]:
    return [url.rpartition("/")[2] for url in photo.candidates]


def test_a_wordpress_gallery_of_blocks() -> None:
    """Nested figures, each with its caption; the linked file first, then srcset, then src."""
    html = """<figure class="wp-block-gallery has-nested-images columns-2">
      <figure class="wp-block-image size-large"><a href="/wp-content/uploads/a.jpg">
      <img width="1024" height="683" src="/wp-content/uploads/a-1024x683.jpg" alt="Boats"
       srcset="/wp-content/uploads/a-1024x683.jpg 1024w, /wp-content/uploads/a-300x200.jpg 300w,
       /wp-content/uploads/a-2048x1366.jpg 2048w" sizes="(max-width: 1024px) 100vw, 1024px"></a>
      <figcaption class="wp-element-caption">At the <em>quay</em></figcaption></figure>
      <figure class="wp-block-image"><a href="/2030/harbour/b/"><img loading="lazy"
       src="/wp-content/uploads/b.jpg" alt=""></a></figure>
      <figcaption class="blocks-gallery-caption">Our trip</figcaption></figure>
      <link rel="next" href="/2030/harbour/page/2/">"""
    one, two = found(html)
    assert names(one) == ["a.jpg", "a-2048x1366.jpg", "a-1024x683.jpg", "a-300x200.jpg"]
    assert (one.alt, one.title, one.landing_url) == ("Boats", "At the quay", "")
    assert (names(two), two.title, two.landing_url) == (["b.jpg"], "", f"{ROOT}/2030/harbour/b/")
    assert parse(html, URL).next == f"{ROOT}/2030/harbour/page/2/"


def test_a_wordpress_gallery_of_before() -> None:
    """dl and dd, the caption box, Jetpack's attributes with the file in full."""
    html = """<div class="gallery"><dl class='gallery-item'><dt class='gallery-icon'>
      <a href='/a/'><img class="attachment-thumbnail" src="/a-150x150.jpg" alt=""
      data-orig-file="/a.jpg" data-large-file="/a-1024x683.jpg"></a></dt>
      <dd class='wp-caption-text gallery-caption' id='c'>Nets drying</dd></dl></div>
      <div id="x" class="wp-caption alignleft" style="width: 310px"><a href="/b.jpg">
      <img src="/b-300x225.jpg" alt="Pier"></a><p class="wp-caption-text">The old pier</p></div>"""
    one, two = found(html)
    assert names(one) == ["a.jpg", "a-1024x683.jpg", "a-150x150.jpg"]
    assert (one.title, one.landing_url) == ("Nets drying", f"{ROOT}/a/")
    assert (names(two), two.title, two.alt) == (["b.jpg", "b-300x225.jpg"], "The old pier", "Pier")


def test_a_lazy_plugin_with_noscript() -> None:
    """The picture once, whether noscript stands before or after its placeholder."""
    for html in (
        f'<img src="{TINY}" data-lazy-src="/a.jpg"><noscript><img src="/a.jpg" alt=A></noscript>',
        f'<noscript><img src="/a.jpg" alt=A></noscript><img class=lazyload src="{TINY}" alt=A>',
        f'<picture><img src="{TINY}"></picture><noscript><img src="/a.jpg" alt=A></noscript>',
    ):
        (photo,) = found(html)
        assert (photo.candidates, photo.alt) == ((f"{ROOT}/a.jpg",), "A")


def test_a_page_of_wikipedia() -> None:
    """The thumbnails with their densities; the page about the file is where it leads."""
    html = f"""<figure class="mw-default-size" typeof="mw:File/Thumb">
      <a href="/wiki/File:Harbour_at_dusk.jpg" class="mw-file-description"><img
      src="//upload.test/thumb/a/ab/Harbour.jpg/250px-Harbour.jpg" decoding="async" width="250"
      srcset="//upload.test/thumb/a/ab/Harbour.jpg/330px-Harbour.jpg 1.5x,
      //upload.test/thumb/a/ab/Harbour.jpg/500px-Harbour.jpg 2x" class="mw-file-element"
      data-file-width="4000" data-file-height="3000"></a>
      <figcaption>The harbour at <a href="/wiki/Dusk">dusk</a></figcaption></figure>
      <li class="gallerybox"><div class="thumb"><a href="/wiki/File:Nets.jpg"><img alt=""
      src="//upload.test/thumb/c/cd/Nets.jpg/120px-Nets.jpg"></a></div>
      <div class="gallerytext">Nets</div></li>
      <a rel="mw:ExtLink" href="/wiki/File:Other.jpg">a file</a>
      <footer><ul><li>Text under <a rel="license" href="{BY_SA}">CC BY-SA</a></li></ul></footer>"""
    one, two = found(html, "https://en.wiki.test/wiki/Harbour")
    assert names(one) == ["500px-Harbour.jpg", "330px-Harbour.jpg", "250px-Harbour.jpg"]
    assert one.title == "The harbour at dusk"
    assert one.landing_url == "https://en.wiki.test/wiki/File:Harbour_at_dusk.jpg"
    assert (two.title, two.credit.licence) == ("Nets", "CC BY-SA 4.0")


def test_a_list_of_photos_like_flickrs() -> None:
    """Backgrounds with a link over each; the words are those of the element that shows it."""
    html = """<div class="view photo-list-photo-view" aria-label="Dawn by Ann" style="transform:
      translate(0px, 4px); width: 320px; background-image: url(//live.test/65535/1_ab_n.jpg)">
      <div class="interaction-view"><a class="overlay" href="/photos/ann/1/" title="Dawn"></a></div>
      </div><a class=tile href=/photos/ann/2/ style='background-image:url("//live.test/2_cd_n.jpg")'
      title="Noon"></a>"""
    one, two = found(html)
    assert (one.candidates, one.kind) == (("https://live.test/65535/1_ab_n.jpg",), "background")
    assert (one.alt, two.alt) == ("Dawn by Ann", "Noon")
    assert two.landing_url == f"{ROOT}/photos/ann/2/"


def test_a_photo_page_like_flickrs() -> None:
    """One photo: the meta elements and the img agree, the licence is linked beside it."""
    html = """<meta property="og:image" content="https://live.test/1_ab_b.jpg">
      <meta property="og:image:alt" content="Dawn over the harbour">
      <meta name="twitter:image" content="https://live.test/1_ab_b.jpg">
      <div itemscope itemtype="https://schema.org/ImageObject"><img class="main-photo"
      src="//live.test/1_ab_b.jpg"><a class="owner-name" rel="author" href="/people/ann">Ann</a>
      <a class="photo-license-url" rel="license cc:license"
      href="https://creativecommons.org/licenses/by-nc-nd/2.0/">Some rights reserved</a></div>"""
    (photo,) = found(html)
    assert (photo.kind, photo.alt, photo.credit.creator) == ("img", "Dawn over the harbour", "Ann")
    assert (photo.credit.licence, photo.credit.derivative_ok) == ("CC BY-NC-ND 2.0", "no")


def test_lazy_pictures_of_next_js() -> None:
    """The picture that the resizing service is told comes first; all its sizes are one photo."""
    html = f"""<span><img alt="Sea" src="{TINY}" decoding="async" data-nimg="intrinsic"><noscript>
      <img alt="Sea" loading="lazy" src="/_next/image?url=%2Fphotos%2Fsea.jpg&amp;w=3840&amp;q=75"
      srcSet="/_next/image?url=%2Fphotos%2Fsea.jpg&amp;w=1920&amp;q=75 1x,
      /_next/image?url=%2Fphotos%2Fsea.jpg&amp;w=3840&amp;q=75 2x"></noscript></span>
      <img src="/_next/image?url=%2Fphotos%2Fsea.jpg&amp;w=640&amp;q=75" alt="">
      <img src="/_next/image?url=https%3A%2F%2Fcdn.test%2Fx.png%3Fv%3D1&amp;w=640&amp;q=75">"""
    one, two = found(html)
    assert one.candidates[0] == f"{ROOT}/photos/sea.jpg"
    assert one.candidates[1].endswith("w=3840&q=75")
    assert one.alt == "Sea"
    assert two.candidates[0] == "https://cdn.test/x.png?v=1"


def test_a_shop() -> None:
    """A width in braces is filled with the largest that is listed."""
    html = """<img class="lazyload" data-src="//cdn.test/vase_{width}x.jpg?v=1"
      data-widths="[180, 360, 2048, 720]" data-sizes="auto" src="//cdn.test/vase_20x.jpg?v=1">
      <img data-src="//cdn.test/cup_{width}x.jpg">"""
    one, two = found(html)
    assert names(one) == ["vase_2048x.jpg?v=1", "vase_20x.jpg?v=1"]
    assert names(two) == ["cup_1080x.jpg"]


def test_light_boxes_and_lazy_backgrounds() -> None:
    """The full picture in an attribute of the link around the thumbnail, or of the box itself."""
    html = """<a href="#" data-src="/full1.jpg"><img src="/t1.jpg"></a>
      <a href="/page" data-full-url="/full2.jpg"><img src="/t2.jpg"></a>
      <div class="item" data-src="/full3.jpg"></div><div data-bg="/bg.jpg" class=lazyload></div>
      <div data-background-image="url('/bg2.jpg')"></div><td background=old.gif></td>
      <div data-bgset="/s.jpg 400w, /l.jpg 1600w | (max-width: 9em)"></div>
      <iframe data-src="/film.jpg"></iframe>"""
    assert [photo.candidates[0].removeprefix(ROOT) for photo in found(html)] == [
        "/full1.jpg",
        "/full2.jpg",
        "/full3.jpg",
        "/bg.jpg",
        "/bg2.jpg",
        "/2030/harbour/old.gif",
        "/l.jpg",
    ]


def test_amp_and_unknown_attributes() -> None:
    """amp-img is an img; beside a mere placeholder any data attribute with a file will do."""
    html = f"""<amp-img src=a.jpg srcset="b.jpg 900w" width=300 alt=A></amp-img>
      <img src="{TINY}" data-kind=hero data-our-own-name="/c.jpg" data-note="see d.jpg">
      <img src="e.jpg" data-lazy="true" data-original="1" data-image='{{"id": "x.y"}}'>"""
    one, two, three = found(html)
    assert (names(one), one.alt) == (["b.jpg", "a.jpg"], "A")
    assert two.candidates == (f"{ROOT}/c.jpg",)
    assert names(three) == ["e.jpg"]


def test_a_picture_with_many_sources() -> None:
    """A dozen sources, unclosed as they are, still belong to the img."""
    sources = "".join(
        f"<source media='(min-width:{n}em)' srcset='{n}.jpg {n}00w'>" for n in range(1, 13)
    )
    (photo, other) = found(f"<picture>{sources}<img src=a.jpg></picture><img src=b.jpg>")
    assert (photo.kind, names(photo)[0], names(photo)[-1]) == ("picture", "12.jpg", "a.jpg")
    assert (other.kind, names(other)) == ("img", ["b.jpg"])


def test_a_newspaper() -> None:
    """Cards with a secure address, JSON-LD with a licensable picture, microdata in the head."""
    html = f"""<meta property="og:image" content="http://cdn.test/a.jpg">
      <meta property="og:image:secure_url" content="https://cdn.test/a.jpg">
      <meta property="og:image:width" content="1200"><meta property="og:image" content="/b.jpg">
      <meta itemprop="image" content="/c.jpg"><script type="application/ld+json">
      {{"@type": "NewsArticle", "image": [{{"@type": "ImageObject", "url": "https://cdn.test/a.jpg",
      "caption": "Fog", "creditText": "Ann / The Paper", "license": "{BY_SA}"}}],
      "publisher": {{"logo": {{"@type": "ImageObject", "url": "/logo.png"}}}}}}</script>"""
    a, b, c = found(html)
    assert a.candidates == ("https://cdn.test/a.jpg", "http://cdn.test/a.jpg")
    assert (a.kind, a.title, a.attribution) == ("og", "Fog", "Ann / The Paper")
    assert (a.credit.licence, b.kind, c.kind) == ("CC BY-SA 4.0", "og", "microdata")


def test_all_sizes_of_a_photo_are_bounded() -> None:
    """Eight addresses of one element are kept, the largest and the plain one among them."""
    (photo,) = found(
        f"<img src=s.jpg srcset='{','.join(f'{n}.jpg {n}w' for n in range(100, 150))}'>"
    )
    assert (len(photo.candidates), names(photo)[0], names(photo)[-1]) == (8, "149.jpg", "s.jpg")
