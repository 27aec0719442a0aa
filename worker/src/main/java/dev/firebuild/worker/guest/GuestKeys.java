package dev.firebuild.worker.guest;

import dev.firebuild.protocol.Json;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;

/**
 * The keys of one machine's SSH connection, made for it alone: the worker knows the guest by the
 * one and is known to it by the other.
 *
 * @param host the guest's
 * @param client the worker's
 */
public record GuestKeys(KeyPair host, KeyPair client) {
  private static final String TYPE = "ssh-ed25519";
  private static final int KEY_LENGTH = 32;

  private record Stored(
      String hostPublic, String hostPrivate, String clientPublic, String client) {}

  /** Makes new ones. */
  public static GuestKeys generate() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
      return new GuestKeys(generator.generateKeyPair(), generator.generateKeyPair());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** Keeps them for a later worker; the directory must be readable by its owner only. */
  public void write(Path file) throws IOException {
    Files.write(
        file,
        Json.bytes(
            new Stored(
                base64(host.getPublic().getEncoded()),
                base64(host.getPrivate().getEncoded()),
                base64(client.getPublic().getEncoded()),
                base64(client.getPrivate().getEncoded()))));
  }

  /** Reads what {@link #write} has kept. */
  public static GuestKeys read(Path file) throws IOException {
    Stored stored = Json.read(Files.readAllBytes(file), Stored.class);
    try {
      return new GuestKeys(
          pair(stored.hostPublic(), stored.hostPrivate()),
          pair(stored.clientPublic(), stored.client()));
    } catch (GeneralSecurityException e) {
      throw new IOException("%s holds no keys".formatted(file), e);
    }
  }

  /** The guest's private key as dropbear reads it. */
  public byte[] dropbearHostKey() {
    return blob(raw(host.getPrivate().getEncoded()), raw(host.getPublic().getEncoded()));
  }

  /** The worker's public key as a line of an {@code authorized_keys} file. */
  public String authorizedKey() {
    byte[] blob = blob(raw(client.getPublic().getEncoded()), new byte[0]);
    return "%s %s firebuild\n".formatted(TYPE, base64(blob));
  }

  /** Both encodings that Java knows end with the key itself. */
  private static byte[] raw(byte[] encoded) {
    return Arrays.copyOfRange(encoded, encoded.length - KEY_LENGTH, encoded.length);
  }

  /** The type and the key, each after its length (RFC 4253, section 5). */
  private static byte[] blob(byte[] first, byte[] second) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      byte[] type = TYPE.getBytes(StandardCharsets.US_ASCII);
      out.writeInt(type.length);
      out.write(type);
      out.writeInt(first.length + second.length);
      out.write(first);
      out.write(second);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static KeyPair pair(String publicKey, String privateKey) throws GeneralSecurityException {
    KeyFactory factory = KeyFactory.getInstance("Ed25519");
    Base64.Decoder decoder = Base64.getDecoder();
    return new KeyPair(
        factory.generatePublic(new X509EncodedKeySpec(decoder.decode(publicKey))),
        factory.generatePrivate(new PKCS8EncodedKeySpec(decoder.decode(privateKey))));
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
