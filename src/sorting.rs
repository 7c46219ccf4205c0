//! Stable sorting that is compiled once for every type.
//!
//! The standard library compiles its sort anew for each type of element, at four kilobytes each:
//! forty of them were a twentieth of the binary. Here only the comparison and the swap are compiled
//! anew. For lists of the size of a store or of an environment, not for megabytes.

use std::cmp::Ordering;

/// Like `slice::sort`.
pub(crate) fn sort<T: Ord>(items: &mut [T]) {
    sort_by(items, T::cmp);
}

/// Like `slice::sort_by_cached_key`: each key is computed once.
pub(crate) fn sort_by_key<T, K: Ord>(items: &mut [T], key: impl FnMut(&T) -> K) {
    let keys: Vec<K> = items.iter().map(key).collect();
    let order = order(items.len(), &|one, other| keys[one].cmp(&keys[other]));
    arrange(order, &mut |one, other| items.swap(one, other));
}

/// Like `slice::sort_by`.
pub(crate) fn sort_by<T>(items: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    let order = order(items.len(), &|one, other| compare(&items[one], &items[other]));
    arrange(order, &mut |one, other| items.swap(one, other));
}

/// Like `collect` into a map or a set in order, which sorts first.
pub(crate) fn collected<T, C: Default + Extend<T>>(items: impl IntoIterator<Item = T>) -> C {
    let mut all = C::default();
    all.extend(items);
    all
}

/// For each place, the number of the element that belongs there.
fn order(length: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<usize> = (0..length).collect();
    order.sort_by(|one, other| compare(*one, *other));
    order
}

/// Brings the elements into that order, one cycle of the permutation after the other.
fn arrange(mut order: Vec<usize>, swap: &mut dyn FnMut(usize, usize)) {
    for start in 0..order.len() {
        let mut place = start;
        loop {
            let source = std::mem::replace(&mut order[place], place);
            if source == start || source == place {
                break;
            }
            swap(place, source);
            place = source;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// The second half of each element shows whether equal ones keep their order.
        #[test]
        fn the_order_is_that_of_the_standard_library(items in vec((0u8..8, any::<u16>()), 0..60)) {
            let mut expected = items.clone();
            expected.sort_by_key(|item| item.0);
            let mut found = items.clone();
            sort_by_key(&mut found, |item| item.0);
            prop_assert_eq!(&found, &expected);
            let mut found = items.clone();
            sort_by(&mut found, |one, other| one.0.cmp(&other.0));
            prop_assert_eq!(&found, &expected);
            expected.sort_unstable();
            sort(&mut found);
            prop_assert_eq!(found, expected);
        }
    }
}
