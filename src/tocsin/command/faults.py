"""What can go wrong in a way that a person at the terminal can mend."""


class Fault(Exception):
    """An expected fault; its text is a sentence that says what to do. No traceback is shown."""

    exit_code = 1
