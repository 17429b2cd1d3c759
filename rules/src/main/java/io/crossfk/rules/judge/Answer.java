package io.crossfk.rules.judge;

/** A finding for a question. Answers may come in any order and at any time, even never. */
public record Answer(Question question, Finding finding) {}
