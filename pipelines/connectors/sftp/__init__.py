"""Fetches files that a system drops in a folder of an SFTP server.

Belongs here: how the server is described (`spec`), known again (`host_keys`, `door`) and asked (`session`), what is
there (`listing`), when a file is whole (`completeness`), and what is fetched (`source`). Not here: what is in a file,
or how it is unpacked and decrypted.
"""
