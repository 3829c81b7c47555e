//! What the file of `setup --from` comes to: values of the domain, or everything that is wrong with it, each with its line
//! and key.

use std::path::Path;

use jiff::civil::{Date, Weekday};
use toml::Spanned;

use super::file::{self, File, Text};
use crate::domain::calendar::availability::{Availability, Hours, NotARhythm, Override, Range, Rhythm};
use crate::domain::catalog::brand::{Accent, DYES};
use crate::domain::catalog::package::{Begins, Format, Listing, Offer, Term, Validity};
use crate::domain::catalog::policy::Preset;
use crate::domain::catalog::practice::Practice;
use crate::domain::catalog::storefront::{AtPractice, Storefront};
use crate::domain::email::EmailAddress;
use crate::domain::id::PractitionerId;
use crate::domain::money::{Currency, Money};
use crate::domain::people::practitioner::Role;
use crate::domain::text::{Line, Paragraph, Slug};
use crate::domain::time::Zone;
use crate::platform::password;
use crate::store::catalog::storefront::Picture;
use crate::views::text;

/// Everything that the file asks for.
#[derive(Debug)]
pub struct Plan {
    pub(super) practice: Practice,
    pub(super) members: Vec<Member>,
}

/// How a member proves who she is.
#[derive(Debug)]
pub(super) enum Password {
    Plain(String),
    Hash(String),
}

#[derive(Debug)]
pub(super) struct Member {
    pub name: Line,
    pub slug: Slug,
    pub email: EmailAddress,
    pub role: Role,
    pub password: Option<Password>,
    pub storefront: Storefront,
    pub hours: Availability,
    pub pictures: Vec<(Picture, &'static str, Vec<u8>)>,
    pub packages: Vec<Product>,
}

impl Member {
    pub(super) fn is_owner(&self) -> bool {
        self.role == Role::Owner
    }
}

#[derive(Debug)]
pub(super) struct Product {
    pub slug: Slug,
    pub offer: Offer,
    pub listing: Listing,
}

/// Reads the text of the file; pictures are looked for beside it.
///
/// # Errors
/// Everything that is wrong, a sentence each: "line 12, practitioner.email: …".
pub fn read(text: &str, folder: &Path) -> Result<Plan, Vec<String>> {
    let file: File = toml::from_str(text).map_err(|why| vec![why.to_string().trim().to_owned()])?;
    let mut reader = Reader { text, folder, wrong: Vec::new() };
    let plan = reader.plan(&file);
    match plan {
        Some(plan) if reader.wrong.is_empty() => Ok(plan),
        _ => Err(reader.wrong),
    }
}

struct Reader<'a> {
    text: &'a str,
    folder: &'a Path,
    wrong: Vec<String>,
}

impl Reader<'_> {
    fn say<T>(&mut self, place: &Spanned<T>, key: &str, why: impl std::fmt::Display) {
        let before = self.text.get(..place.span().start).unwrap_or("");
        self.wrong.push(format!("line {}, {key}: {why}", before.matches('\n').count() + 1));
    }

    fn value<T, E>(
        &mut self,
        text: &Text,
        key: &str,
        read: impl Fn(&str) -> Result<T, E>,
        words: impl Fn(E) -> String,
    ) -> Option<T> {
        match read(text.get_ref()) {
            Ok(value) => Some(value),
            Err(why) => {
                self.say(text, key, words(why));
                None
            }
        }
    }

    fn line(&mut self, text: &Text, key: &str) -> Option<Line> {
        self.value(text, key, str::parse, text::text)
    }

    fn maybe_line(&mut self, text: Option<&Text>, key: &str) -> Option<Line> {
        text.and_then(|text| self.line(text, key))
    }

    fn paragraph(&mut self, text: Option<&Text>, key: &str) -> Paragraph {
        text.and_then(|text| self.value(text, key, str::parse, text::text)).unwrap_or_default()
    }

    fn zone(&mut self, text: &Text, key: &str) -> Option<Zone> {
        self.value(text, key, str::parse, |why: crate::domain::time::NotAZone| {
            format!("{why}; write it like Europe/Berlin")
        })
    }

    fn plan(&mut self, file: &File) -> Option<Plan> {
        let practice = self.practice(&file.practice)?;
        if file.practitioner.is_empty() {
            self.wrong.push("no [[practitioner]]: there must be at least one".to_owned());
        }
        let members: Vec<Member> = file
            .practitioner
            .iter()
            .enumerate()
            .filter_map(|(i, one)| self.member(one, i, &practice))
            .collect();
        for (i, one) in file.practitioner.iter().enumerate() {
            let same =
                |other: &file::Practitioner| other.email.get_ref().eq_ignore_ascii_case(one.email.get_ref());
            if file.practitioner[..i].iter().any(same) {
                self.say(&one.email, "practitioner.email", "two practitioners have this address");
            }
        }
        Some(Plan { practice, members })
    }

    fn practice(&mut self, file: &file::Practice) -> Option<Practice> {
        let name = self.line(&file.name, "practice.name");
        let email =
            self.value(&file.email, "practice.email", str::parse, |why| text::address(why).to_owned());
        let currency = self.value(&file.currency, "practice.currency", str::parse::<Currency>, text::money);
        let zone = self.zone(&file.zone, "practice.zone");
        Some(Practice {
            address: self.paragraph(file.address.as_ref(), "practice.address"),
            about: self.paragraph(file.about.as_ref(), "practice.about"),
            notice: self.paragraph(file.notice.as_ref(), "practice.notice"),
            terms: self.paragraph(file.terms.as_ref(), "practice.terms"),
            name: name?,
            email: email?,
            currency: currency?,
            zone: zone?,
        })
    }

    fn member(&mut self, file: &file::Practitioner, i: usize, practice: &Practice) -> Option<Member> {
        let name = self.line(&file.name, "practitioner.name");
        let email =
            self.value(&file.email, "practitioner.email", str::parse, |why| text::address(why).to_owned());
        let slug = match &file.slug {
            Some(slug) => self.value(slug, "practitioner.slug", str::parse, text::text),
            None => {
                name.as_ref().and_then(|name| self.slug_of(&file.name, name.as_str(), "practitioner.slug"))
            }
        };
        let role = match file.role.as_ref().map(|role| role.get_ref().as_str()) {
            None if i == 0 => Some(Role::Owner),
            None | Some("practitioner") => Some(Role::Practitioner),
            Some("owner") => Some(Role::Owner),
            Some(other) => {
                let why = format!("{other:?} is neither \"owner\" nor \"practitioner\"");
                self.say(file.role.as_ref()?, "practitioner.role", why);
                None
            }
        };
        let zone = match &file.zone {
            Some(zone) => self.zone(zone, "practitioner.zone"),
            None => Some(practice.zone.clone()),
        };
        let password = self.password(file);
        let storefront = self.storefront(&file.storefront);
        let hours = zone.and_then(|zone| self.hours(&file.hours, zone));
        let pictures = self.pictures(&file.storefront);
        let packages = file.package.iter().filter_map(|one| self.product(one, practice.currency)).collect();
        let (name, email, slug, role) = (name?, email?, slug?, role?);
        Some(Member {
            name,
            slug,
            email,
            role,
            password,
            storefront: storefront?,
            hours: hours?,
            pictures,
            packages,
        })
    }

    fn slug_of(&mut self, place: &Text, name: &str, key: &str) -> Option<Slug> {
        let slug = Slug::from_name(name);
        if slug.is_none() {
            self.say(place, key, "no address can be made from this name; write one");
        }
        slug
    }

    fn password(&mut self, file: &file::Practitioner) -> Option<Password> {
        match (&file.password, &file.password_hash) {
            (Some(_), Some(hash)) => {
                self.say(hash, "practitioner.password_hash", "give either a password or its hash");
                None
            }
            (Some(plain), None) => {
                let about = [file.name.get_ref().as_str(), file.email.get_ref()];
                if let Err(why) = password::check(plain.get_ref(), &about) {
                    self.say(plain, "practitioner.password", why);
                }
                Some(Password::Plain(plain.get_ref().clone()))
            }
            (None, Some(hash)) => {
                if !password::takes_hash(hash.get_ref()) {
                    self.say(
                        hash,
                        "practitioner.password_hash",
                        "not an argon2id hash of the form $argon2id$v=19$m=…",
                    );
                }
                Some(Password::Hash(hash.get_ref().clone()))
            }
            (None, None) => None,
        }
    }

    fn storefront(&mut self, file: &file::Storefront) -> Option<Storefront> {
        let accent = match &file.accent {
            None => Some(Accent::FERN),
            Some(text) => match DYES.iter().find(|dye| dye.name.eq_ignore_ascii_case(text.get_ref())) {
                Some(dye) => Some(dye.accent),
                None => self.value(text, "storefront.accent", str::parse, |why| {
                    format!(
                        "{} Or a dye: fern, woad, madder, weld, walnut, heather, bilberry, slate.",
                        text::accent(why)
                    )
                }),
            },
        };
        let facts = file.facts.iter().filter_map(|fact| self.line(fact, "storefront.facts")).collect();
        let offered = file.pay_at_practice.unwrap_or(true);
        Some(Storefront {
            accent: accent?,
            profession: self.maybe_line(file.profession.as_ref(), "storefront.profession"),
            tagline: self.maybe_line(file.tagline.as_ref(), "storefront.tagline"),
            about: self.paragraph(file.about.as_ref(), "storefront.about"),
            facts,
            place: self.maybe_line(file.place.as_ref(), "storefront.place"),
            at_practice: if offered { AtPractice::Offered } else { AtPractice::NotOffered },
            // Whose it is, is put in when it is known.
            ..Storefront::new(PractitionerId::from_bits(0))
        })
    }

    fn pictures(&mut self, file: &file::Storefront) -> Vec<(Picture, &'static str, Vec<u8>)> {
        let named = [(Picture::Portrait, "portrait", &file.portrait), (Picture::Cover, "cover", &file.cover)];
        let mut pictures = Vec::new();
        for (which, name, path) in named {
            let Some(path) = path else { continue };
            match std::fs::read(self.folder.join(path.get_ref())) {
                Ok(bytes) => pictures.push((which, name, bytes)),
                Err(why) => self.say(path, &format!("storefront.{name}"), format!("cannot be read ({why})")),
            }
        }
        pictures
    }

    fn range(&mut self, text: &Text, key: &str) -> Option<Range> {
        let Some((from, until)) = text.get_ref().split_once('-') else {
            self.say(text, key, "write hours like \"09:00-12:30\"");
            return None;
        };
        let (from, until) = (from.to_owned(), until.to_owned());
        self.value(text, key, |_| Range::parse(&from, &until), text::availability)
    }

    fn hours(&mut self, file: &file::Hours, zone: Zone) -> Option<Availability> {
        let week = [
            (Weekday::Monday, "hours.monday", &file.monday),
            (Weekday::Tuesday, "hours.tuesday", &file.tuesday),
            (Weekday::Wednesday, "hours.wednesday", &file.wednesday),
            (Weekday::Thursday, "hours.thursday", &file.thursday),
            (Weekday::Friday, "hours.friday", &file.friday),
            (Weekday::Saturday, "hours.saturday", &file.saturday),
            (Weekday::Sunday, "hours.sunday", &file.sunday),
        ];
        let mut rows = Vec::new();
        for (day, key, ranges) in week {
            rows.extend(ranges.iter().filter_map(|text| self.range(text, key)).map(|range| (day, range)));
        }
        let rhythm = self.rhythm(file)?;
        let mut overrides = Vec::new();
        for other in &file.date {
            let ranges = other.open.iter().filter_map(|text| self.range(text, "hours.date.open")).collect();
            let Some(on) = self.date(&other.on, "hours.date.on") else { continue };
            match Override::new(on, ranges) {
                Ok(one) => overrides.push(one),
                Err(why) => self.say(&other.on, "hours.date", text::availability(why)),
            }
        }
        let made = Hours::new(rows).and_then(|hours| Availability::new(zone, hours, overrides, rhythm));
        made.map_err(|why| self.wrong.push(format!("[practitioner.hours]: {}", text::availability(why)))).ok()
    }

    fn rhythm(&mut self, file: &file::Hours) -> Option<Rhythm> {
        let usual = Rhythm::default();
        let or = |set: &Option<Spanned<u16>>, usual: u16| set.as_ref().map_or(usual, |set| *set.get_ref());
        let (before, after) =
            (or(&file.buffer_before, usual.buffer_before()), or(&file.buffer_after, usual.buffer_after()));
        let made = usual
            .with_step(or(&file.step, usual.step()))
            .and_then(|rhythm| rhythm.with_buffers(before, after))
            .and_then(|rhythm| rhythm.with_notice(or(&file.notice_hours, usual.notice_hours())))
            .and_then(|rhythm| rhythm.with_horizon(or(&file.horizon_days, usual.horizon())))
            .and_then(|rhythm| {
                rhythm.with_daily_limit(file.daily_limit.as_ref().map(|limit| *limit.get_ref()))
            });
        let why = match made {
            Ok(rhythm) => return Some(rhythm),
            Err(why) => why,
        };
        let (place, key) = match why {
            NotARhythm::Step => (file.step.as_ref(), "hours.step"),
            NotARhythm::Buffer if before > 240 => (file.buffer_before.as_ref(), "hours.buffer_before"),
            NotARhythm::Buffer => (file.buffer_after.as_ref(), "hours.buffer_after"),
            NotARhythm::Notice => (file.notice_hours.as_ref(), "hours.notice_hours"),
            NotARhythm::Horizon => (file.horizon_days.as_ref(), "hours.horizon_days"),
            NotARhythm::DailyLimit => {
                self.say(file.daily_limit.as_ref()?, "hours.daily_limit", why);
                return None;
            }
        };
        self.say(place?, key, why);
        None
    }

    fn date(&mut self, on: &Spanned<toml::value::Datetime>, key: &str) -> Option<Date> {
        let date = on.get_ref().to_string().parse().ok().filter(|_| on.get_ref().time.is_none());
        if date.is_none() {
            self.say(on, key, "write a date like 2026-12-24, without quotes");
        }
        date
    }

    fn product(&mut self, file: &file::Package, currency: Currency) -> Option<Product> {
        let name = self.line(&file.name, "package.name");
        let slug = match &file.slug {
            Some(slug) => self.value(slug, "package.slug", str::parse, text::text),
            None => name.as_ref().and_then(|name| self.slug_of(&file.name, name.as_str(), "package.slug")),
        };
        let price =
            self.value(&file.price, "package.price", |text| Money::parse(text, currency), text::money);
        let validity = self.validity(file);
        let preset = self.choice(file.policy.as_ref(), "package.policy", Preset::Standard, Preset::named);
        let listing =
            self.choice(file.listing.as_ref(), "package.listing", Listing::Published, |name| match name {
                "published" => Some(Listing::Published),
                "draft" => Some(Listing::Draft),
                "archived" => Some(Listing::Archived),
                _ => None,
            });
        let format = self.format(file);
        let chapters: Vec<Line> =
            file.chapters.iter().filter_map(|title| self.line(title, "package.chapters")).collect();
        let preset = preset?;
        let offer = Offer {
            description: self.paragraph(file.description.as_ref(), "package.description"),
            sessions: *file.sessions.get_ref(),
            length_minutes: *file.length.get_ref(),
            policy: preset.policy(),
            preset,
            chapters,
            name: name?,
            price: price?,
            validity: validity?,
            format: format?,
        };
        if let Err(refusal) = offer.check() {
            let (field, words) = text::package(refusal);
            self.say(&file.name, &format!("package.{field}"), words);
        }
        Some(Product { slug: slug?, offer, listing: listing? })
    }

    fn choice<T>(
        &mut self,
        text: Option<&Text>,
        key: &str,
        usual: T,
        named: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let Some(text) = text else { return Some(usual) };
        let found = named(text.get_ref());
        if found.is_none() {
            self.say(text, key, format!("{:?} is not one of the names for it", text.get_ref()));
        }
        found
    }

    fn validity(&mut self, file: &file::Package) -> Option<Validity> {
        let ways = [file.days.is_some(), file.months.is_some(), file.until.is_some(), file.never.is_some()];
        if ways.iter().filter(|is| **is).count() > 1 {
            self.say(&file.name, "package", "give one of days, months, until and never");
            return None;
        }
        let term = match (&file.days, &file.months, &file.until, &file.never) {
            (Some(days), ..) => Term::Days(*days.get_ref()),
            (_, Some(months), ..) => Term::Months(*months.get_ref()),
            (_, _, Some(until), _) => Term::Until(self.date(until, "package.until")?),
            (.., Some(never)) if *never.get_ref() => Term::Never,
            _ => Term::Days(90),
        };
        let begins = file
            .start_within_days
            .as_ref()
            .map_or(Begins::AtPayment, |days| Begins::AtFirstSession { latest_days: *days.get_ref() });
        Some(Validity { term, begins })
    }

    fn format(&mut self, file: &file::Package) -> Option<Format> {
        let place = self.maybe_line(file.place.as_ref(), "package.place");
        let link = self.maybe_line(file.link.as_ref(), "package.link");
        match file.format.as_ref().map_or("video", |format| format.get_ref().as_str()) {
            "in-person" => Some(Format::InPerson { place }),
            "video" => Some(Format::Video { link }),
            "phone" => Some(Format::Phone),
            other => {
                let why = format!("{other:?} is not one of \"in-person\", \"video\" and \"phone\"");
                self.say(file.format.as_ref()?, "package.format", why);
                None
            }
        }
    }
}
