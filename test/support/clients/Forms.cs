using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.ComponentModel;
using System.Threading;

/// <summary>
/// What docs/client.md uses of Windows Forms, for a machine without a screen: one thread with a queue, and a list that refuses every other
/// thread as a window does. It prints what is added, and closes after the first line.
/// </summary>
namespace System.Windows.Forms
{
    public enum DockStyle { Fill }

    public sealed class Lines
    {
        internal Form Form;

        public void Add(object line)
        {
            if (SynchronizationContext.Current != Application.Window) throw new InvalidOperationException("not the window's thread");
            Console.WriteLine(line);
            Form.Close();
        }
    }

    public sealed class ListBox
    {
        public DockStyle Dock { get; set; }
        public Lines Items { get; } = new Lines();
    }

    public class Form
    {
        public readonly Children Controls;
        public event EventHandler Shown = delegate { };
        public event CancelEventHandler FormClosing = delegate { };

        public Form()
        {
            Controls = new Children(this);
        }

        internal void Show() { Shown(this, EventArgs.Empty); }

        internal void Close()
        {
            FormClosing(this, new CancelEventArgs());
            Application.Window.End();
        }
    }

    public sealed class Children
    {
        private readonly Form form;
        public Children(Form form) { this.form = form; }
        public void Add(ListBox list) { list.Items.Form = form; }
    }

    public sealed class Loop : SynchronizationContext
    {
        private readonly BlockingCollection<Action> queue = new BlockingCollection<Action>();

        public override void Post(SendOrPostCallback callback, object state)
        {
            try { queue.Add(() => callback(state)); }
            catch (InvalidOperationException) { } // The window is closed.
        }

        internal void End() { queue.CompleteAdding(); }

        internal void Run()
        {
            foreach (var action in queue.GetConsumingEnumerable()) action();
        }
    }

    public static class Application
    {
        public static Loop Window = new Loop();

        public static void Run(Form form)
        {
            SynchronizationContext.SetSynchronizationContext(Window);
            Window.Post(state => form.Show(), null);
            Window.Run();
        }
    }
}
