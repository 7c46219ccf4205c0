//! Base64 with the URL alphabet and without padding, as RECORD files and other hashes use it.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

pub(crate) fn encoded(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        // Three bytes fill 24 bits from the top.
        let bits = |bits: u32, (index, byte): (usize, &u8)| bits | u32::from(*byte) << (16 - 8 * index);
        let group = chunk.iter().enumerate().fold(0, bits);
        for index in 0..=chunk.len() {
            text.push(char::from(ALPHABET[(group >> (18 - 6 * index)) as usize & 63]));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_alphabet_is_used_without_padding() {
        for (bytes, expected) in [
            (b"".as_slice(), ""),
            (b"f", "Zg"),
            (b"fo", "Zm8"),
            (b"foo", "Zm9v"),
            (b"foob", "Zm9vYg"),
            (b"\xff\xfe\xfd", "__79"),
            (b"\xfb\xf0", "-_A"),
        ] {
            assert_eq!(encoded(bytes), expected, "{bytes:?}");
        }
    }
}
