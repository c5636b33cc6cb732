"""Audit records to statements of reasons, in the fields of the EU's DSA Transparency Database.

    record + mapping ──filling──▶ fields ──checking──▶ a statement, or every field that is wrong, by name

`vocabulary.py` has the words that the database takes, `checking.py` its rules, `filling.py` what a record and
a platform's mapping say. Nothing here has seen a message: a record has none.
"""
