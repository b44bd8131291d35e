from tocsin.kernel.filters import Field, Text, register

register("entry", Field("guest_words", "Words", Text(), column="words", order=10))
