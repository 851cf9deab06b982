"""The command line: one verb a file; a verb's module is imported only when the verb is called."""
