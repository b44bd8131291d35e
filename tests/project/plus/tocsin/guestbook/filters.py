from tocsin.kernel.filters import Field, Text, register

register("entry", Field("words", "Words", Text(), order=10))
