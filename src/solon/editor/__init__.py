"""What an editor asks about policies, without a protocol: documents as they are typed, and answers about
them.

    edit ──Document──▶ pieces, each read alone ──Workspace──▶ names, mistakes ──▶ hover, rename, completion, …

Places are characters of a text, as everywhere in Solon; what a client counts in is for `positions`.
"""
