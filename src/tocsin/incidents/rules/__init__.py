"""The incidents room's thinking: what belongs to an incident, and what makes a declaration whole. Pure."""
