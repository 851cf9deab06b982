"""The order in which tiers are served, as a number that an index can hold."""

from marketing_agent.engine.values import Tier

RANK_OF = {Tier.HOT: 0, Tier.WARM: 1, Tier.COLD: 2}
RANKS = tuple(RANK_OF.values())
"""Every rank, the first served first; an index that begins with the rank is asked rank by rank."""
