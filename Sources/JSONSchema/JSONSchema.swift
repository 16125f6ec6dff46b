/// JSONSchema.
