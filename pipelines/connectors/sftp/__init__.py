"""Fetches files that a system drops in a folder of an SFTP server.

Belongs here: how the server is described (`spec`), known again (`host_keys`) and asked (`session`), when a file is
whole (`completeness`), and what is fetched (`source`). Not here: what is in a file, how it is unpacked or decrypted.
"""
