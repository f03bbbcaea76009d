import freemarker.core.TemplateClassResolver;
import freemarker.template.Configuration;
import freemarker.template.Template;
import freemarker.template.TemplateExceptionHandler;
import freemarker.template.Version;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TimeZone;

/**
 * Times Apache FreeMarker on one template: java -cp freemarker.jar FreeMarkerRounds.java TEMPLATE DATA.json ROUNDS SECONDS
 *
 * <p>Prints four lines: nanoseconds per render, best and mean of the rounds; nanoseconds per parse; the output in
 * Base64. SECONDS is how long a round lasts, after ten rounds of warming up.
 */
public final class FreeMarkerRounds {
    private static final int WARMING = 10;

    public static void main(String[] arguments) throws Exception {
        String source = Files.readString(Path.of(arguments[0]));
        Object data = new Json(Files.readString(Path.of(arguments[1]))).value();
        int rounds = Integer.parseInt(arguments[2]);
        long length = (long) (Double.parseDouble(arguments[3]) * 1e9);
        Configuration configuration = configuration();
        @SuppressWarnings("unchecked")
        Map<String, Object> model = (Map<String, Object>) data;
        model.put("UtilClass", new UtilClass());

        double parse = Double.MAX_VALUE;
        for (int round = 0; round < rounds + WARMING; round++) {
            parse = Math.min(parse, perTurn(length / 4, () -> new Template("template", source, configuration)));
        }
        Template template = new Template("template", source, configuration);
        double best = Double.MAX_VALUE;
        double sum = 0;
        for (int round = -WARMING; round < rounds; round++) {
            double each = perTurn(length, () -> template.process(model, new StringWriter()));
            if (round >= 0) {
                best = Math.min(best, each);
                sum += each;
            }
        }
        StringWriter out = new StringWriter();
        template.process(model, out);
        System.out.printf(Locale.ROOT, "%.0f%n%.0f%n%.0f%n", best, sum / rounds, parse);
        System.out.println(Base64.getEncoder().encodeToString(out.toString().getBytes(StandardCharsets.UTF_8)));
    }

    interface Turn {
        void run() throws Exception;
    }

    /** Time on the processor, not by the clock, so that a busy machine counts for less. */
    private static double perTurn(long nanoseconds, Turn turn) throws Exception {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long start = threads.getCurrentThreadCpuTime();
        long used = 0;
        long turns = 0;
        for (long batch = 1; used < nanoseconds; batch *= 2) {
            for (long index = 0; index < batch; index++) {
                turn.run();
            }
            turns += batch;
            used = threads.getCurrentThreadCpuTime() - start;
        }
        return (double) used / turns;
    }

    private static Configuration configuration() {
        Version version = new Version(2, 3, 31);
        Configuration configuration = new Configuration(version);
        configuration.setDefaultEncoding("UTF-8");
        configuration.setLocale(Locale.US);
        configuration.setTimeZone(TimeZone.getTimeZone("UTC"));
        configuration.setURLEscapingCharset("UTF-8");
        configuration.setLogTemplateExceptions(false);
        configuration.setTemplateExceptionHandler(TemplateExceptionHandler.RETHROW_HANDLER);
        configuration.setNewBuiltinClassResolver(TemplateClassResolver.ALLOWS_NOTHING_RESOLVER);
        return configuration;
    }

    /** The product's helper object. */
    public static final class UtilClass {
        public String toJsonString(Object value) {
            StringBuilder out = new StringBuilder();
            Json.write(value, out);
            return out.toString();
        }
    }

    /** JSON to maps, lists, texts and numbers, and back. */
    static final class Json {
        private final String text;
        private int at;

        Json(String text) {
            this.text = text;
        }

        Object value() {
            switch (next()) {
                case '{':
                    return object();
                case '[':
                    return list();
                case '"':
                    return string();
                default:
                    return scalar();
            }
        }

        private char next() {
            while (Character.isWhitespace(text.charAt(at))) {
                at++;
            }
            return text.charAt(at);
        }

        private Map<String, Object> object() {
            Map<String, Object> made = new LinkedHashMap<>();
            for (at++; next() != '}'; at += next() == ',' ? 1 : 0) {
                next();
                String key = string();
                next();
                at++;
                made.put(key, value());
            }
            at++;
            return made;
        }

        private List<Object> list() {
            List<Object> made = new ArrayList<>();
            for (at++; next() != ']'; at += next() == ',' ? 1 : 0) {
                made.add(value());
            }
            at++;
            return made;
        }

        private String string() {
            StringBuilder made = new StringBuilder();
            for (at++; text.charAt(at) != '"'; at++) {
                char letter = text.charAt(at);
                if (letter == '\\') {
                    letter = text.charAt(++at);
                    int plain = "nrtbf".indexOf(letter);
                    if (letter == 'u') {
                        letter = (char) Integer.parseInt(text.substring(at + 1, at + 5), 16);
                        at += 4;
                    } else if (plain >= 0) {
                        letter = "\n\r\t\b\f".charAt(plain);
                    }
                }
                made.append(letter);
            }
            at++;
            return made.toString();
        }

        private Object scalar() {
            int start = at;
            while (at < text.length() && ",]} \n\r\t".indexOf(text.charAt(at)) < 0) {
                at++;
            }
            String word = text.substring(start, at);
            switch (word) {
                case "true":
                    return true;
                case "false":
                    return false;
                case "null":
                    return null;
                default:
                    return word.matches("-?\\d+") ? whole(word) : new BigDecimal(word);
            }
        }

        private static Number whole(String word) {
            BigInteger number = new BigInteger(word);
            if (number.bitLength() < 32) {
                return number.intValue();
            }
            return number.bitLength() < 64 ? (Number) number.longValue() : number;
        }

        static void write(Object value, StringBuilder out) {
            if (value instanceof Map) {
                char opening = '{';
                for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
                    out.append(opening);
                    quote((String) entry.getKey(), out);
                    out.append(':');
                    write(entry.getValue(), out);
                    opening = ',';
                }
                out.append(opening == '{' ? "{}" : "}");
            } else if (value instanceof Iterable) {
                char opening = '[';
                for (Object item : (Iterable<?>) value) {
                    out.append(opening);
                    write(item, out);
                    opening = ',';
                }
                out.append(opening == '[' ? "[]" : "]");
            } else if (value instanceof String) {
                quote((String) value, out);
            } else if (value instanceof BigDecimal) {
                out.append(((BigDecimal) value).toPlainString());
            } else {
                out.append(value);
            }
        }

        private static void quote(String text, StringBuilder out) {
            out.append('"');
            for (int index = 0; index < text.length(); index++) {
                char letter = text.charAt(index);
                int plain = "\n\r\t\b\f\"\\".indexOf(letter);
                if (plain >= 0) {
                    out.append('\\').append("nrtbf\"\\".charAt(plain));
                } else if (letter < ' ') {
                    out.append(String.format("\\u%04X", (int) letter));
                } else {
                    out.append(letter);
                }
            }
            out.append('"');
        }
    }
}
