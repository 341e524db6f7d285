"""Re-checking an edit's neighbourhood instead of the city, with the answer of a full run.

The ordinary checks run twice on a cut-out, as it was and as it is; what differs is taken over. So
no check is named here, and a new one works live when what it says of two things depends only on
what lies near them.
"""
