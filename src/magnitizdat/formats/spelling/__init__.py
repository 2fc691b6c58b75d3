"""Names as people spell them: words, sounds, habits of languages, keyboards. PURE: text in, text out.

A word of the index is kept in its own script. What finds it are its *sounds*: one short key that all habits of
spelling it in Latin letters come down to. How near a found word is to what was typed, `likeness` says.
"""
