"""What the flow `restyle` is asked for."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from flows.config import RecipeChoice, RunChoice
from flows.place import Place

__all__ = ["Restyle"]


class Restyle(BaseModel):
    """One style over every photo of a workspace."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    style: str = Field(description="the name of a style of the workspace, or a file")
    workspace: Place = Field(Path("data"), description="the folder or store of the photos")
    base: Path = Field(Path(), description="where a style file's path starts from")
    recipe: RecipeChoice = Field(default_factory=RecipeChoice)
    run: RunChoice = Field(default_factory=RunChoice)

    @property
    def name(self) -> str:
        """What to call the run."""
        return f"restyle {Path(self.style).stem}"
