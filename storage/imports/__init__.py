"""Reading a plan from a file, without database or dialog: `read_plan`, and what it gives."""

from storage.imports.draft import Doubt, DraftAction, DraftPlan, NotAPlan
from storage.imports.reading import read_plan

__all__ = ["Doubt", "DraftAction", "DraftPlan", "NotAPlan", "read_plan"]
