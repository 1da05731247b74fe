"""The rehearsal of the stack: the commands of docker-compose.yml as local processes, with no engine.

It reads the file itself, so what is rehearsed is what the file says: commands, environment, order and health
checks. What only an engine can enforce (users, read-only roots, networks) is checked by tests on the file.
"""
