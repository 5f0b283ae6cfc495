"""What Footnote is measured beside, one file each, as each library's own documentation has it. Imported only
in a process that measures; they need the extra `bench`.
"""
