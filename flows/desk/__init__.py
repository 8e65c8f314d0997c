"""What the studio needs from the state: a `studio.Desk` over one workspace."""

from flows.desk.desk import StudioDesk

__all__ = ["StudioDesk"]
