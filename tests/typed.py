"""What a person types into the forms of a company."""

from typing import Any

SITE = {
    "name": "Siège",
    "address": "1 rue des Lilas",
    "commune": "Lille (59)",
    "visitor_regime": "accompanied",
    "max_visitors": "19",
}
ROOM = {"name": "Salle", "capacity": "10", "computers": "8"}
SEASON: dict[str, Any] = {
    "every": "week",
    "weekdays": ["4"],
    "start_time": "18:00",
    "end_time": "20:00",
    "from_date": "2026-12-03",
    "until_date": "2026-12-31",
    "places": "10",
    "computers": "8",
    "volunteers_offered": "2",
    "notice_hours": "24",
    "booking_mode": "instant",
}
