"""What must hold of a sentence and the spans that it rests on: one check a module, beside what several of them share.

A check returns the words at fault, or whether there is a fault. `rag.proof.checked` asks one after the other.
"""
