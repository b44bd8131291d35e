"""For each channel a stand-in of the other side: the class `StandIn` in `standins/KEY.py`."""
