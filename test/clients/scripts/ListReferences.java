import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.InputStreamReader;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.LsRemoteCommand;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.transport.UsernamePasswordCredentialsProvider;

/**
 * Lists the references of a repository with JGit, once for each line of standard input: username, tab, secret, or an
 * empty line for nobody. Credentials go through a CredentialsProvider, as Jenkins hands them over.
 */
public class ListReferences {
  public static void main(String[] args) throws Exception {
    String url = args[0];
    trustOnly(args[1]);
    BufferedReader pairs = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
    for (String line = pairs.readLine(); line != null; line = pairs.readLine()) {
      System.out.println(list(url, line));
    }
  }

  private static String list(String url, String line) {
    LsRemoteCommand command = Git.lsRemoteRepository().setRemote(url);
    if (!line.isEmpty()) {
      String[] pair = line.split("\t", 2);
      command.setCredentialsProvider(new UsernamePasswordCredentialsProvider(pair[0], pair[1]));
    }
    try {
      Collection<Ref> refs = command.call();
      return refs.stream().map(Ref::getName).sorted().collect(Collectors.joining(" "));
    } catch (Exception problem) {
      return problem.getClass().getName() + ": " + problem.getMessage();
    }
  }

  /** In place of a trust store made by keytool, which would take a second. */
  private static void trustOnly(String authority) throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (FileInputStream file = new FileInputStream(authority)) {
      store.setCertificateEntry("authority", CertificateFactory.getInstance("X.509").generateCertificate(file));
    }
    TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    SSLContext.setDefault(context);
  }
}
