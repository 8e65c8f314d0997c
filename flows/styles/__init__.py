"""The styles that Atelier ships: its own pictures, their licences, and what paints them."""

__all__: list[str] = []
