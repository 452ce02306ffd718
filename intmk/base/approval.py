"""What Wagtail calls when a workflow has ended well (WAGTAIL_FINISH_WORKFLOW_ACTION)."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wagtail.models import WorkflowState

    from intmk.users.models import User


def publish_approved(workflow_state: "WorkflowState", user: "User | None" = None) -> None:
    """Publish what was approved; raise ValidationError when it holds unapproved changes of others as well."""
    # Wagtail imports this module while its own models are being made.
    from intmk.base import proposals

    proposals.finish_workflow(workflow_state, user)
