"""Israel's localities: found by the many ways their names are written, and how far apart they lie.

`places` holds the data, the look-up and the distance; `spelling` says what makes two spellings one.
The data's source is named in the README beside them.
"""
