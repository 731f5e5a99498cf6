"""Who looks, and where: what decides which discreet actions there are for them. Pure."""

from dataclasses import dataclass

from storage.plan import Action, Member
from storage.rights import Act, may


@dataclass(frozen=True, kw_only=True)
class Sight:
    """Without more, that of a channel, a group or a post: nothing discreet is there."""

    member: Member | None = None
    alone: bool = False
    """Nobody else reads the answer: a personal chat."""
    everything: bool = False
    """For the operator's own commands, and for what a command reads of what it just changed."""

    def sees(self, action: Action) -> bool:
        if not action.discreet or self.everything:
            return True
        return self.alone and self.member is not None and may(self.member, Act.READ_DISCREET, action)


PUBLIC = Sight()
EVERYTHING = Sight(everything=True)
