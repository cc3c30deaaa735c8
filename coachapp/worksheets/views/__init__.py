"""Pages of this room: the client's, and the coach's."""

from coachapp.worksheets.views import beside, client, coach, earlier, margin, one

__all__ = ["beside", "client", "coach", "earlier", "margin", "one"]
