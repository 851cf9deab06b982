"""The table of Message-IDs that providers gave to letters of ours in place of our own."""

from typing import ClassVar

from django.db import models

from marketing_agent.engine.values import IdSource
from marketing_agent.outbox.models.letters import Email
from marketing_agent.store.columns import one_of, word


class OtherId(models.Model):
    """A Message-ID under which a letter of ours goes elsewhere; answers to it cite this one."""

    email = models.ForeignKey(Email, models.CASCADE, related_name="other_ids")
    message_id = models.CharField(max_length=300)  # as `mail.message_ids.canonical` gives it
    source = word(IdSource)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            one_of("source", IdSource, "other_id_source"),
            models.UniqueConstraint(
                # The id first: answers are looked up by it, and the constraint is the index as well.
                fields=["message_id", "email"],
                name="other_id_once",
            ),
        ]

    def __str__(self) -> str:
        return self.message_id
