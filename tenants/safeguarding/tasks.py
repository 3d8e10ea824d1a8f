"""What rings until a person answers."""

from uuid import UUID

from tenants.safeguarding import actions, queries


def ring(concern_id: str, turn: int) -> None:
    """Ring for a concern that nobody took; safe to run twice."""
    if (concern := queries.by_id(UUID(concern_id))) is not None:
        actions.ring(concern, turn)
