package io.crossfk.rules.model;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Optional;

/**
 * When a rule is audited though nothing is known to be amiss.
 *
 * @param every from one beginning to the next; longer than nothing
 * @param window the hours of the day in which rows are read; empty for any
 */
public record AuditSchedule(Duration every, Optional<Window> window) {

  /**
   * Hours of a day.
   *
   * @param from inclusive
   * @param to exclusive; if it is not after {@code from}, it is the next day's
   * @param zone whose clocks they are on
   */
  public record Window(LocalTime from, LocalTime to, ZoneId zone) {
    public Window {
      if (from.equals(to)) {
        throw new IllegalArgumentException("a window from " + from + " to " + to + " is empty");
      }
    }

    private Instant opens(LocalDate day) {
      return day.atTime(from).atZone(zone).toInstant();
    }

    private Instant closes(LocalDate day) {
      return (to.isAfter(from) ? day : day.plusDays(1)).atTime(to).atZone(zone).toInstant();
    }

    /** The day whose window is the earliest that may not have closed yet. */
    private LocalDate firstDay(Instant at) {
      return at.atZone(zone).toLocalDate().minusDays(1);
    }

    /** A clock that is put forward may leave a day without its window. */
    private boolean isThere(LocalDate day) {
      return closes(day).isAfter(opens(day));
    }

    /** The earliest moment from this one on that lies within. */
    Instant notBefore(Instant at) {
      for (LocalDate day = firstDay(at); ; day = day.plusDays(1)) {
        if (isThere(day) && closes(day).isAfter(at)) {
          return opens(day).isAfter(at) ? opens(day) : at;
        }
      }
    }

    /** When the window that is open at this moment, or opens next, closes. */
    Instant endOf(Instant at) {
      for (LocalDate day = firstDay(at); ; day = day.plusDays(1)) {
        if (isThere(day) && closes(day).isAfter(at)) {
          return closes(day);
        }
      }
    }

    /**
     * The first moment within that is not before {@code regular}; or a window's opening after
     * {@code began} that comes earlier by less than the window is long. Else a beginning that is
     * late by some minutes each night would creep out of the window, and a night be left out.
     */
    Instant next(Instant began, Instant regular) {
      for (LocalDate day = firstDay(began); ; day = day.plusDays(1)) {
        Instant opening = opens(day);
        if (!isThere(day) || !closes(day).isAfter(began)) {
          continue;
        }
        if (opening.isAfter(began) && !opening.isBefore(regular.minus(length()))) {
          return opening;
        }
        Instant within = opening.isAfter(regular) ? opening : regular;
        if (closes(day).isAfter(within)) {
          return within;
        }
      }
    }

    Duration length() {
      Duration sameDay = Duration.between(from, to);
      return sameDay.isPositive() ? sameDay : sameDay.plusDays(1);
    }
  }

  public AuditSchedule {
    if (!every.isPositive()) {
      throw new IllegalArgumentException("an audit every " + every + " would never end");
    }
  }

  /**
   * When the next one is due.
   *
   * @param began the beginning of the last one
   */
  public Instant next(Instant began) {
    Instant regular = began.plus(every);
    return window.map(hours -> hours.next(began, regular)).orElse(regular);
  }

  /** The earliest moment from this one on at which rows may be read. */
  public Instant notBefore(Instant at) {
    return window.map(hours -> hours.notBefore(at)).orElse(at);
  }

  /** When what runs at this moment must stop; empty if never. */
  public Optional<Instant> until(Instant at) {
    return window.map(hours -> hours.endOf(at));
  }
}
