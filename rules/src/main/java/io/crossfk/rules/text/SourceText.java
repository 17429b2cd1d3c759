package io.crossfk.rules.text;

/**
 * A file's text. Reading it from somewhere is the caller's business.
 *
 * @param file the name that mistakes show
 */
public record SourceText(String file, String text) {}
