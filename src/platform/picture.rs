//! Pictures from outside: bounded before they are decoded, cropped to the shape that pages have room for, and encoded
//! anew as small JPEGs, so that nothing hidden (place, camera, payload) comes along.

use std::io::Cursor;
use std::sync::{Mutex, PoisonError};

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits, Rgb, RgbImage};

/// The most bytes that a file may have: 8 MB.
pub const MOST_BYTES: usize = 8 * 1024 * 1024;
/// The most pixels that a picture may have: 40 million, which is more than most cameras make.
pub const MOST_PIXELS: u64 = 40_000_000;

/// A picture's place on the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// 420 by 504: twice the size at which a page shows it at most.
    Portrait,
    /// 1600 by 620.
    Cover,
}

impl Shape {
    /// Width and height in pixels.
    #[must_use]
    pub const fn size(self) -> (u32, u32) {
        match self {
            Self::Portrait => (420, 504),
            Self::Cover => (1600, 620),
        }
    }

    /// The most bytes that what comes out has. A first visit has to fit through a phone's bad hour.
    #[must_use]
    pub const fn room(self) -> usize {
        match self {
            Self::Portrait => 32 * 1024,
            Self::Cover => 60 * 1024,
        }
    }
}

/// Why a file was not taken as a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAPicture {
    /// More than [`MOST_BYTES`].
    #[error("more than 8 MB")]
    TooLarge,
    /// Not JPEG, PNG or WebP.
    #[error("not a JPEG, PNG or WebP")]
    Kind,
    /// More than [`MOST_PIXELS`].
    #[error("more than 40 million pixels")]
    TooManyPixels,
    /// It begins as a picture and cannot be read to its end.
    #[error("damaged")]
    Damaged,
}

/// One at a time: a large one needs much memory for a moment.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// The picture as a JPEG of the shape's size (or, where no quality fits into its room, a smaller one of its
/// proportions). Takes up to some seconds of work: not for the event loop.
///
/// # Errors
/// [`NotAPicture`] says why the file was not taken.
pub fn take(file: &[u8], shape: Shape) -> Result<Vec<u8>, NotAPicture> {
    if file.len() > MOST_BYTES {
        return Err(NotAPicture::TooLarge);
    }
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let picture = decode(file)?;
    let (width, height) = shape.size();
    let cropped = picture.resize_to_fill(width, height, FilterType::CatmullRom);
    drop(picture);
    encode(on_white(&cropped), shape.room())
}

fn decode(file: &[u8]) -> Result<DynamicImage, NotAPicture> {
    let open = || ImageReader::new(Cursor::new(file)).with_guessed_format().map_err(|_| NotAPicture::Kind);
    let known = |format| matches!(format, ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP);
    let mut reader = open()?;
    if !reader.format().is_some_and(known) {
        return Err(NotAPicture::Kind);
    }
    let (width, height) = open()?.into_dimensions().map_err(|_| NotAPicture::Damaged)?;
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(NotAPicture::TooManyPixels);
    }
    let mut limits = Limits::default();
    // Four channels of two bytes each are the most that one pixel takes.
    limits.max_alloc = Some(MOST_PIXELS * 8);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|_| NotAPicture::Damaged)?;
    // Which way up a camera was held stands in what is thrown away.
    let orientation = decoder.orientation().map_err(|_| NotAPicture::Damaged)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|_| NotAPicture::Damaged)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

/// What is see-through becomes white.
fn on_white(picture: &DynamicImage) -> RgbImage {
    let rgba = picture.to_rgba8();
    let mut rgb = RgbImage::new(rgba.width(), rgba.height());
    for (to, from) in rgb.pixels_mut().zip(rgba.pixels()) {
        let [r, g, b, alpha] = from.0.map(u16::from);
        // Between 0 and 255: a mean of two such, weighted by alpha.
        let mix = |channel: u16| ((channel * alpha + 255 * (255 - alpha)) / 255) as u8;
        *to = Rgb([mix(r), mix(g), mix(b)]);
    }
    rgb
}

/// The best quality that fits into the room; if none does, a smaller picture.
fn encode(picture: RgbImage, room: usize) -> Result<Vec<u8>, NotAPicture> {
    let mut picture = DynamicImage::ImageRgb8(picture);
    loop {
        for quality in [86, 80, 72, 64, 54, 44, 34] {
            let mut jpeg = Vec::with_capacity(room);
            picture
                .write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, quality))
                .map_err(|_| NotAPicture::Damaged)?;
            if jpeg.len() < room {
                return Ok(jpeg);
            }
        }
        let (width, height) = (picture.width() * 3 / 4, picture.height() * 3 / 4);
        picture = picture.resize_exact(width, height, FilterType::Triangle);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(picture: &RgbImage, format: ImageFormat) -> Vec<u8> {
        let mut file = Cursor::new(Vec::new());
        picture.write_to(&mut file, format).unwrap();
        file.into_inner()
    }

    fn halves(width: u32, height: u32) -> RgbImage {
        RgbImage::from_fn(
            width,
            height,
            |x, _| if x < width / 2 { Rgb([200, 30, 30]) } else { Rgb([30, 30, 200]) },
        )
    }

    fn sized(jpeg: &[u8]) -> (u32, u32) {
        let picture = image::load_from_memory_with_format(jpeg, ImageFormat::Jpeg).unwrap();
        (picture.width(), picture.height())
    }

    #[test]
    fn every_kind_comes_out_as_a_small_jpeg_of_the_shape() {
        let picture = halves(900, 700);
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
            let file = file(&picture, format);
            for shape in [Shape::Portrait, Shape::Cover] {
                let jpeg = take(&file, shape).unwrap();
                assert_eq!(sized(&jpeg), shape.size(), "{format:?}");
                assert!(jpeg.len() < shape.room(), "{} bytes", jpeg.len());
            }
        }
    }

    #[test]
    fn noise_that_no_quality_fits_comes_out_smaller_and_in_proportion() {
        let mut seed = 1u32;
        let mut noise = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 24) as u8
        };
        let picture = RgbImage::from_fn(1600, 620, |_, _| Rgb([noise(), noise(), noise()]));
        let jpeg = take(&file(&picture, ImageFormat::Png), Shape::Cover).unwrap();
        let (width, height) = sized(&jpeg);
        assert!(jpeg.len() < Shape::Cover.room() && width < 1600, "{} bytes at {width}", jpeg.len());
        assert!((f64::from(width) / f64::from(height) - 1600. / 620.).abs() < 0.05, "{width}x{height}");
    }

    #[test]
    fn what_a_camera_hides_in_a_picture_is_gone_and_its_way_up_is_kept() {
        let plain = file(&halves(720, 600), ImageFormat::Jpeg);
        // An EXIF block: orientation 6 (turn right), and a word that must not come along.
        let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x02\x01\x12\0\x03\0\0\0\x01\0\x06\0\0".to_vec();
        exif.extend(b"\x01\x0e\0\x02\0\0\0\x0d\0\0\0\x26\0\0\0\0SECRET-PLACE\0");
        let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
        let file = [&plain[..2], &[0xff, 0xe1], &length, &exif, &plain[2..]].concat();
        assert!(file.windows(12).any(|part| part == b"SECRET-PLACE"));
        let jpeg = take(&file, Shape::Portrait).unwrap();
        assert!(!jpeg.windows(12).any(|part| part == b"SECRET-PLACE"));
        // Turned right, what was left (red) is above.
        let turned = image::load_from_memory(&jpeg).unwrap().to_rgb8();
        let ([red, _, blue], [low_red, _, low_blue]) =
            (turned.get_pixel(210, 70).0, turned.get_pixel(210, 440).0);
        assert!(
            red > blue && low_blue > low_red,
            "{:?} {:?}",
            turned.get_pixel(210, 70),
            turned.get_pixel(210, 440)
        );
    }

    #[test]
    fn what_is_no_picture_is_refused_before_it_costs_anything() {
        assert_eq!(take(b"<svg onload=alert(1)>", Shape::Cover), Err(NotAPicture::Kind));
        assert_eq!(take(b"GIF89a\x01\0\x01\0\0\0\0;", Shape::Cover), Err(NotAPicture::Kind));
        assert_eq!(take(&vec![0; MOST_BYTES + 1], Shape::Cover), Err(NotAPicture::TooLarge));
        let png = file(&halves(40, 40), ImageFormat::Png);
        assert_eq!(take(&png[..png.len() / 2], Shape::Cover), Err(NotAPicture::Damaged));
        // The same file, whose head says 20,000 by 20,000 pixels: the sizes are at byte 16, the head's checksum at 29.
        let mut bomb = png;
        bomb[16..24].copy_from_slice(&[0, 0, 0x4e, 0x20, 0, 0, 0x4e, 0x20]);
        let sum = crc32(&bomb[12..29]).to_be_bytes();
        bomb[29..33].copy_from_slice(&sum);
        assert_eq!(take(&bomb, Shape::Cover), Err(NotAPicture::TooManyPixels));
    }

    /// The checksum of PNG's parts.
    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0u32, |crc, &byte| {
            (0..8).fold(
                crc ^ u32::from(byte),
                |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 },
            )
        })
    }
}
