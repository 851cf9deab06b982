"""What can be wrong with a campaign; each carries one sentence."""

from marketing_agent.operations.errors import BadValueError, ConflictError, NotFoundError


class CampaignRefused(BadValueError):  # noqa: N818  it reads as what it says
    """A campaign that cannot be as asked."""

    code = "bad_campaign"


class CampaignConflict(ConflictError):  # noqa: N818  it reads as what it says
    """What is asked does not fit the state that the campaign is in."""

    code = "campaign_state"


class CampaignNotFound(NotFoundError):  # noqa: N818  it reads as what it says
    """No campaign goes by that name or id."""

    code = "campaign_not_found"

    def __init__(self, ref: str) -> None:
        super().__init__(f"There is no campaign {ref!r}. See `marketing-agent campaigns list`.")
