using System.Xml;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using QatPipeline.Runs.Artifacts;

namespace QatPipeline.Gateway.Web;

/// <summary>
/// The keys that forms are signed with, kept in the storage: a form of one gateway is good for all, and after the next start.
/// </summary>
internal sealed class KeyRing(IBlobStore blobs) : IXmlRepository
{
    private volatile int _known;

    public IReadOnlyCollection<XElement> GetAllElements() => ReadAsync().GetAwaiter().GetResult();

    public void StoreElement(XElement element, string friendlyName) => StoreAsync(element).GetAwaiter().GetResult();

    private async Task<List<XElement>> ReadAsync()
    {
        var (elements, known) = (new List<XElement>(), 0);
        await foreach (var entry in blobs.ListAsync(StorePaths.FormKeys, CancellationToken.None))
        {
            known++;
            try
            {
                using var content = new MemoryStream((await blobs.ReadAsync(entry.Name, CancellationToken.None))?.Content ?? []);
                elements.Add(XElement.Load(content));
            }
            catch (Exception exception) when (exception is DamagedBlobException or XmlException)
            {
                // Forms that were signed with it are to be reloaded.
            }
        }

        _known = known;
        return elements;
    }

    // Gateways that start together each make a first key, and would then sign with one that the others do not know: the name says how many
    // were known before, and whoever is late takes the key that it finds there.
    private async Task StoreAsync(XElement element)
    {
        using var content = new MemoryStream();
        element.Save(content);
        await blobs.TryWriteAsync(StorePaths.FormKey(_known), content.ToArray(), null, CancellationToken.None);
    }
}
