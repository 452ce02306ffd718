"""The handover of the chair: what is open for it, where it is shown, and the mail on the day.

`chair_changes` says when, `checklist` what is open, `pages_in_work` what waits in the tree; `panels` and `views` show
it, `mail` sends it.
"""

from conferences.handover.checklist import open_items

__all__ = ["open_items"]
