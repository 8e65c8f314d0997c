"""The command line: `atelier`. A module for each group of commands; what they need is imported
when they run.
"""

from flows.cli.main import main

__all__ = ["main"]
