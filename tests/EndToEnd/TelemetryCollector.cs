using System.Net;
using System.Text;
using QatPipeline.TestSupport.Infrastructure;

namespace QatPipeline.EndToEnd;

/// <summary>Takes traces, metrics and logs over OTLP (HTTP) and keeps their bytes, in which texts stand as they are.</summary>
internal sealed class TelemetryCollector : IDisposable
{
    private readonly HttpListener listener = new();
    private readonly StringBuilder received = new();

    public TelemetryCollector()
    {
        Address = $"http://127.0.0.1:{LoopbackPorts.Next()}";
        listener.Prefixes.Add(Address + "/");
        listener.Start();
        _ = Task.Run(ReceiveAsync);
    }

    public string Address { get; }

    /// <summary>Everything received so far.</summary>
    public string Received
    {
        get
        {
            lock (received)
            {
                return received.ToString();
            }
        }
    }

    public void Dispose() => listener.Close();

    private async Task ReceiveAsync()
    {
        try
        {
            while (true)
            {
                var context = await listener.GetContextAsync();
                using var reader = new StreamReader(context.Request.InputStream, Encoding.Latin1);
                var body = await reader.ReadToEndAsync();
                context.Response.Close();
                lock (received)
                {
                    received.Append(body);
                }
            }
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
        {
            // Closed.
        }
    }
}
