//! Ages as options take them: `90d`, `12w`, `6h`, or a number of days.

use std::time::Duration;

/// Reads an age.
pub(super) fn age(text: &str) -> std::result::Result<Duration, &'static str> {
    let units = [('h', 1), ('d', 24), ('w', 7 * 24)];
    let with_unit = units.iter().find_map(|(unit, hours)| Some((text.strip_suffix(*unit)?, *hours)));
    let (number, hours) = with_unit.unwrap_or((text, 24));
    // `parse` would also accept a sign.
    let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
    let number = number.parse::<u64>().ok().filter(|_| is_number);
    let seconds = number.and_then(|number| number.checked_mul(hours * 3600));
    seconds.map(Duration::from_secs).ok_or("not an age, such as `90d`, `12w`, or `6h`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_days_and_weeks() {
        let hours = |text| age(text).map(|age| age.as_secs() / 3600);
        assert_eq!([hours("6h"), hours("2d"), hours("2"), hours("1w")], [Ok(6), Ok(48), Ok(48), Ok(168)]);
        for text in ["", "d", "-1d", "+1d", "1.5d", "1m", "d1", "1 d", "99999999999999999999d", "9999999999999999999w"]
        {
            assert!(hours(text).is_err(), "{text}");
        }
    }
}
