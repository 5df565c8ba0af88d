"""Files people upload: what is let in, where it lies, how it is checked for viruses and given out again.

Nothing here knows about families: who may have a file is for the room that keeps its row (documents).

kinds.py     what a file really is, by its content; anything not on the list is refused in a sentence
places.py    the folder or the S3-compatible store, from the environment
store.py     put and fetch, under random keys, with a checksum; a folder or an S3-compatible store
clamd.py     one question to ClamAV
forms.py     the field that takes a file, and says what it takes before one chooses
handlers.py  the size limit, while the file still comes in
giving.py    the answer that gives a file out: as a download, never as a page
"""
