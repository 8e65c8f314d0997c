"""Train the small VGG feature extractors that ship with Atelier; ``python -m stylize.pretrain``."""
