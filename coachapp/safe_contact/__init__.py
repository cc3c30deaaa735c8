"""May we write to this person, how, and in which words: the one gate every outgoing message passes."""
